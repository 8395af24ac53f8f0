"""One file per layer kind or tight family; none imports another."""
