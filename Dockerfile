# Estafette on a server: see compose.yaml. The archive itself stays outside, in /archive.
FROM python:3.12-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-nld \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 estafette

WORKDIR /app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY archive archive
COPY indexer indexer
COPY webui webui
# GPL-2+, a work of its own: leave this line out and search does without translations.
COPY freedict freedict
RUN pip install --no-cache-dir --no-deps --no-build-isolation . ./freedict \
 && install -d -o estafette /archive/documents /archive/var

USER 10001
WORKDIR /archive
ENV ESTAFETTE_DOCUMENTS=/archive/documents ESTAFETTE_VAR=/archive/var
VOLUME ["/archive/documents", "/archive/var"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["estafette", "serve", "--host", "0.0.0.0", "--port", "8000"]
