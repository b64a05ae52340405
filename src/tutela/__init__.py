"""Tutela: register, field kit, evidence room and watchtower for cultural property in armed conflict."""

__version__ = "0.1.0"
