"""Answers Lambda's Invoke on loopback by running the loader here, for tests: PORT is its argument.

The loader's environment is this process's: MOUNT is a folder, BUCKET a bucket of the S3 that
AWS_ENDPOINT_URL_S3 names.
"""

import http.server
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "loader"))
import loader  # noqa: E402  the path comes first


class Invoke(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            self.answer(loader.handle(event, None))
        except Exception as error:  # Lambda gives the caller whatever a function raises.
            self.answer({"errorMessage": str(error), "errorType": type(error).__name__}, failed=True)

    def answer(self, value, failed=False):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if failed:
            self.send_header("X-Amz-Function-Error", "Unhandled")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Invoke).serve_forever()
