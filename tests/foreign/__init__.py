"""What we sign, checked by software that we did not write (npm and system tools); `make setup-foreign` installs it."""
