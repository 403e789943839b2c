// AuditTrail
