"""`python -m bench.echo_stub PORT`: answers everything at once with the same small object."""

import sys

from .rawserver import serve

BODY = b'{"status":"ok","padding":"' + b"." * 300 + b'"}'

if __name__ == "__main__":
    serve(int(sys.argv[1]), lambda _: BODY)
