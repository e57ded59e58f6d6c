/// Labels of training images from a file, such as those that people gave: a CSV file whose first line names its columns, one
/// of them `path`, and whose other lines have the path of an image, as it was when the folder was imported, and the names
/// of classes. Nothing is quoted.
///
///     path,worse_label,aggre_label
///     train/airplane/0000.jpg,airplane,airplane
///     train/airplane/0001.jpg,ship,airplane
public struct LabelTable: Sendable {
    private static let pathColumn = "path"

    private let file: String
    private let rows: [(path: String, name: String)]

    /// Reads one column.
    ///
    /// - Throws: `DatasetError.missing`, or `.corrupt` naming the line.
    public init(file: String, column: String) throws {
        let lines = try TextLines.of(file)
        func fields(_ line: String) -> [String] {
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let columns = fields(lines.first ?? "")
        guard let pathPlace = columns.firstIndex(of: Self.pathColumn) else {
            throw DatasetError.corrupt(
                path: file, problem: "its first line must name its columns, one of them \(Self.pathColumn)")
        }
        guard let place = columns.firstIndex(of: column) else {
            throw DatasetError.corrupt(
                path: file, problem: "has no column \(column), only \(columns.joined(separator: ", "))")
        }
        self.file = file
        rows = try lines.enumerated().dropFirst().compactMap { index, line in
            guard !line.isEmpty else { return nil }
            let fields = fields(line)
            guard fields.count == columns.count, !line.contains("\"") else {
                throw DatasetError.corrupt(
                    path: file, problem: "line \(index + 1) is not \(columns.count) fields without quotes: \(line)")
            }
            return (fields[pathPlace], fields[place])
        }
    }

    /// The labels of a data set's images; nil for those that the file does not tell of.
    ///
    /// - Throws: `DatasetError.corrupt` for an image or a class that the data set does not have, and an image told of
    ///   twice; `.invalid` for a data set whose images have no paths.
    public func labels(for dataset: ImageDataset) throws -> [Int?] {
        guard let names = dataset.names?.all else {
            throw DatasetError.invalid(
                "the images of \(dataset.name) have no paths, by which \(file) could give them labels")
        }
        let indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let classes = Dictionary(dataset.classNames.enumerated().map { ($1, $0) }) { first, _ in first }
        var labels = [Int?](repeating: nil, count: dataset.count)
        for (path, name) in rows {
            func corrupt(_ problem: String) -> DatasetError { .corrupt(path: file, problem: problem) }
            guard let index = indices[path] else { throw corrupt("\(path) is not a training image of \(dataset.name)") }
            guard let label = classes[name] else {
                throw corrupt("\(name), the label of \(path), is not a class of \(dataset.name)")
            }
            guard labels[index] == nil else { throw corrupt("\(path) is there twice") }
            labels[index] = label
        }
        return labels
    }
}
