import Tensors

/// Placeholder: replaced by the real arenas.
public final class ParameterArena {}
/// Placeholder: replaced by the real arenas.
public final class BufferArena {}
