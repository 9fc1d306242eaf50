"""Settings, health, headers, API shell."""
