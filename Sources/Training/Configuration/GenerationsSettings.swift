/// `generations.*`: the method trains one network after another, each on the labelled images and a part of what the one
/// before has predicted. Absent, or with a count of 0 or 1, there is one network.
public struct GenerationsSettings: Sendable {
    /// `generations.count`: `training.steps` are those of each.
    public let count: Int
    /// `generations.selection_alpha`: the larger, the more predictions of frequent classes are taken for labels.
    public let selectionAlpha: Double

    private static let section = "generations"
    private static let countKey = "generations.count"

    /// Nil where the recipe does without.
    static func read(_ reader: inout RecipeReader) throws -> Self? {
        guard reader.hasSection(section) else { return nil }
        guard try reader.withoutNoting({ try $0.integer(countKey, from: 0, to: 1000) }) > 1 else {
            reader.passOver(section)
            return nil
        }
        return try Self(
            count: reader.integer(countKey, from: 2, to: 1000),
            selectionAlpha: reader.number("generations.selection_alpha", .positive, default: 3))
    }
}
