"""Workload identity: a token from the platform that a build runs on, in place of a stored key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

__all__ = ["certificate_of", "identity_of"]

_PASSED_ON = {
    "kubernetes": ("token_file_path",),
    "azure": ("resource", "object_id", "client_id", "msi_res_id", "api_version"),
    "gcp": ("audience",),
}


def identity_of(settings: Mapping[str, Any]) -> Any:
    """What the SDK's client takes as ``workload_identity``; see ``openai.auth``."""
    from openai import auth

    ids: dict[str, Any] = {name: settings[name] for name in ("identity_provider_id", "service_account_id")}
    if "refresh_buffer_seconds" in settings:
        ids["refresh_buffer_seconds"] = settings["refresh_buffer_seconds"]
    kind = settings["provider"]
    if kind == "x509":
        return auth.x509_workload_identity(**ids)
    make: Any = {
        "kubernetes": auth.k8s_service_account_token_provider,
        "azure": auth.azure_managed_identity_token_provider,
        "gcp": auth.gcp_id_token_provider,
    }[kind]
    return {**ids, "provider": make(**{name: settings[name] for name in _PASSED_ON[kind] if name in settings})}


def certificate_of(settings: Mapping[str, Any]) -> ssl.SSLContext:
    """How TLS shows who we are: the PEM files ``certificate`` and ``private_key``, beside the system's trust store."""
    import ssl

    context = ssl.create_default_context()
    if settings.get("certificate"):
        context.load_cert_chain(settings["certificate"], settings.get("private_key"))
    return context
