"""A small web server: `server.py PORT [NAME]`. Port 0 takes any that is free."""
import http.server
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"hello from {NAME}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


NAME = sys.argv[2] if len(sys.argv) > 2 else "server"
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print(f"{NAME} listens on port {server.server_port}", flush=True)
server.serve_forever()
