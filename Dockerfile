# Gerbang in a container: built with hashes, run as nobody in particular, one writable volume.
#   docker build -t gerbang .
#   docker run --rm -v gerbang-data:/data -v ./partners.toml:/etc/gerbang/partners.toml:ro gerbang gerbang keys bootstrap
#   docker run -p 8112:8112 -v gerbang-data:/data -v ./partners.toml:/etc/gerbang/partners.toml:ro gerbang
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/gerbang \
 && /opt/gerbang/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md ./
COPY contracts contracts
COPY adapters adapters
COPY gateway gateway
# Without the sandbox: a production image cannot contain a pretended hospital.
RUN mkdir sandbox \
 && /opt/gerbang/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10112 --no-create-home gerbang \
 && install --directory --owner gerbang --mode 700 /data
COPY --from=build /opt/gerbang /opt/gerbang
ENV PATH=/opt/gerbang/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 no_proxy=127.0.0.1 \
    GERBANG_ENVIRONMENT=live GERBANG_HOST=0.0.0.0 GERBANG_PORT=8112 \
    GERBANG_DATA_DIR=/data GERBANG_PARTNERS_FILE=/etc/gerbang/partners.toml
USER gerbang
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8112
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8112/livez', timeout=2)"]
CMD ["gerbang", "serve"]
