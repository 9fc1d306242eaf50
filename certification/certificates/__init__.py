"""Room: certificates, issued by two people and frozen."""
