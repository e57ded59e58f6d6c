import Foundation

/// What only the command line can find wrong.
struct CommandError: LocalizedError {
    let errorDescription: String?

    init(_ description: String) {
        errorDescription = description
    }
}
