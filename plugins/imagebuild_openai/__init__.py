"""Pictures from OpenAI and from services that speak its language."""
