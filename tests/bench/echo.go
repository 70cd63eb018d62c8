// SPDX-License-Identifier: MIT

// echo.go - an echo server in Go, for tests/bench/echo.sh: echo PORT
package main

import (
	"net"
	"os"
)

func serve(conn net.Conn) {
	block := make([]byte, 65536)
	defer conn.Close()
	for {
		n, err := conn.Read(block)
		if n > 0 {
			if _, failed := conn.Write(block[:n]); failed != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func main() {
	listener, err := net.Listen("tcp4", "127.0.0.1:"+os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		if conn, err := listener.Accept(); err == nil {
			go serve(conn)
		}
	}
}
