/// One step of a policy on a stack of plain values.
///
/// Numbers are of names, unless a case says otherwise. What an operator asks of its operands is
/// checked in the order in which the walk checks it, so that both fail with the same message.
enum Instruction: Sendable {
    // The end of a policy.
    /// The policy applies.
    case holds
    /// The policy does not apply.
    case fails
    /// Takes a boolean; the policy does not apply unless it is this one.
    case require(Bool)
    /// The policy does not apply unless the principal, or the resource, is this entity.
    case requirePrincipal(UInt32)
    case requireResource(UInt32)
    /// The policy does not apply unless the principal, or the resource, is in this entity.
    case requirePrincipalIn(UInt32)
    case requireResourceIn(UInt32)

    // Values.
    /// By its place among the constants.
    case constant(UInt32)
    case principal, action, resource, context
    case attribute(UInt32)
    case principalAttribute(UInt32)
    case resourceAttribute(UInt32)
    case contextAttribute(UInt32)
    /// The members lie on the stack, so many of them.
    case set(UInt32)
    /// The fields lie on the stack in the order of their names, which are the list at this place.
    case record(UInt32)

    // Ways through the code.
    /// Goes to a place in the code and leaves the boolean there if it is this one; else takes it.
    case jump(if: Bool, to: UInt32)
    /// Takes a boolean and goes to a place in the code if it is false.
    case branch(UInt32)
    case go(UInt32)

    // Operators.
    /// Fails unless the value on top is of this type.
    case check(Value.Kind)
    case not
    case negate
    case arithmetic(Arithmetic)
    case equal, unequal
    case order(Comparison)
    case isIn
    case isInEntity(UInt32)
    case isType(UInt32)
    /// The names of the path are the list at this place.
    case has(UInt32)
    /// By its place among the patterns.
    case like(UInt32)
    case call(Function)
    /// Takes the arguments, so many of them, and fails: the function takes another number.
    case refuse(Function, arguments: UInt16)
}
