// SPDX-License-Identifier: MIT

// forced.go - for the tests of sockopt exec: prints TCP_USER_TIMEOUT of both ends of a connection
package main

import (
	"fmt"
	"net"
	"syscall"
)

func show(c syscall.Conn) {
	raw, err := c.SyscallConn()
	if err != nil {
		panic(err)
	}
	_ = raw.Control(func(fd uintptr) {
		v, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 18)
		fmt.Println(v, err)
	})
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	s, err := l.Accept()
	if err != nil {
		panic(err)
	}
	show(c.(*net.TCPConn))
	show(s.(*net.TCPConn))
}
