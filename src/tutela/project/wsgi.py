"""The WSGI application (granian serves it)."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.project.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402  (settings first)

application = get_wsgi_application()
