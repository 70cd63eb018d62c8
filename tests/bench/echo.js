// SPDX-License-Identifier: MIT

// echo.js - echo servers of node, for tests/bench/echo.sh: node echo.js TCP-PORT UDP-PORT
const [tcp, udp] = process.argv.slice(2).map(Number);
const server = require('net').createServer({ allowHalfOpen: true, noDelay: true }, (conn) => {
	conn.on('error', () => conn.destroy());
	conn.pipe(conn);
});
server.listen(tcp, '127.0.0.1', 1024);
const socket = require('dgram').createSocket('udp4');
socket.on('message', (data, from) => socket.send(data, from.port, from.address));
socket.bind(udp, '127.0.0.1');
