/// Every call of the API.
enum Routes {
    /// Their table; 405 and `Allow` follow from it.
    static let all: [Route] =
        OperationRoutes.all + SessionRoutes.all + OwnSessionRoutes.all + PasswordRoutes.all
        + AuthenticatorRoutes.all + StaffRoutes.all + ApprovalRoutes.all + PupilRoutes.all
        + IncidentRoutes.all + ActionRoutes.all + AlertRoutes.all + AccessLogRoutes.all

    /// Records, which nothing edits and nothing deletes.
    static let immutable = ["/v1/incidents/*", "/v1/incidents/*/actions/*"]
}
