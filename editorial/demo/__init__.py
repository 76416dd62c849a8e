"""The demonstration site: invented people, real sources, and an article in every standing."""
