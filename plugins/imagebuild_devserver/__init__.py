"""A server on this machine that speaks OpenAI's image wire, with faults on request, and costs nothing."""
