/// Directions in feature space: rows of length one and their similarity to class prototypes.
/// An implementation must pass the parity rows of these names and the golden vectors `l2_normalize_*`,
/// `cosine_similarity_to_prototypes_*`.
public protocol PrototypeOperations: AnyObject {
    /// `x / |x|` for each row of `[N, D]`; a row with norm ≤ `epsilon` gives zeros.
    func l2Normalize(_ input: Tensor, epsilon: Float) throws -> Tensor

    /// With `y = x/|x|`: `(outputGradient − y · <outputGradient, y>) / |x|`; zeros where the norm is ≤ `epsilon`.
    func l2NormalizeGradient(_ outputGradient: Tensor, input: Tensor, epsilon: Float) throws -> Tensor

    /// `logits_ik = <z_i/|z_i|, c_k/|c_k|> / temperature`, a vector with norm ≤ 1e-12 being replaced by zeros.
    /// Source: DASO (Oh, Kim, Kweon, CVPR 2022), section 3.2.
    ///
    /// - Parameters:
    ///   - features: `[N, D]`.
    ///   - prototypes: `[K, D]`.
    /// - Returns: `[N, K]`.
    func cosineSimilarityToPrototypes(_ features: Tensor, prototypes: Tensor, temperature: Float) throws -> Tensor

    /// The gradient with respect to the features; prototypes are constants.
    func cosineSimilarityToPrototypesGradient(
        _ logitsGradient: Tensor, features: Tensor, prototypes: Tensor, temperature: Float
    ) throws -> Tensor
}
