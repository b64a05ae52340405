"""Hand-over bundles: written, proved without Tutela, and taken in by another workspace."""
