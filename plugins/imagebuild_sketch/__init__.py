"""Offline provider."""
