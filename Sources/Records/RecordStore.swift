public import Crypto
import PolicyEngine

/// The school's records in a database: pupils, lists, incidents, actions and alerts.
///
/// A value without state of its own. Reads take a connection with an open snapshot; acts take the
/// writing connection in a transaction that is undone when they throw. Whatever
/// hands out or changes an incident takes the `Permit` of the decision that allows it.
public struct RecordStore: Sendable {
    /// The names of the data keys that the module seals with.
    public static let sealedTables = ["pupil", "incident_key"]
    /// The first parameter that a compiled row filter may bind: those before it are the list's own.
    public static let firstFilterParameter = 8

    let pupilSealer: Sealer
    let keySealer: Sealer
    let numbers: NumberPermutation

    /// The records sealed with these keys.
    ///
    /// - `pupils`: seals the profiles of pupils.
    /// - `incidentKeys`: seals the content key of each incident.
    /// - `numbers`: turns the order of recording into incident numbers; its key never rotates.
    public init(pupils: Sealer, incidentKeys: Sealer, numbers: NumberPermutation) {
        pupilSealer = pupils
        keySealer = incidentKeys
        self.numbers = numbers
    }

    /// The number of the incident that was recorded as the `sequence`th, from 1.
    public func number(ofSequence sequence: Int64) -> IncidentNumber {
        numbers.number(forSequence: Int(sequence))
    }

    /// The place in the order of recording that a number stands for; 0 for one never given.
    public func sequence(of number: IncidentNumber) -> Int64 {
        Int64(numbers.sequence(of: number))
    }

    /// Refuses a permit that was given for another action, person or thing.
    func require(
        _ permit: borrowing Permit,
        _ action: String,
        by principal: EntityUID? = nil,
        on resource: EntityUID? = nil
    ) throws(RecordsError) {
        guard permit.action.id == action, permit.action.type == "Action",
            principal == nil || permit.principal == principal,
            resource == nil || permit.resource == resource
        else { throw .wrongPermit(action: action) }
    }
}
