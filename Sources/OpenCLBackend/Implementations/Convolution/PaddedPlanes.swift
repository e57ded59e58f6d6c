/// Planes of vectors of 16 floats in local memory, as Winograd's kernels for CPU-like devices have them: each is one vector
/// longer than it need be, or the same places of all planes would meet in the same lines of the cache.
enum PaddedPlanes {
    /// Bytes for so many vectors in each plane.
    static func bytes(planes: Int, vectors: Int) -> Int { planes * 64 * (vectors + 1) }
}
