"""The face people see: pages.  It holds no rule; it calls queries and actions."""
