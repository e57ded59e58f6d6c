// Lets libFuzzer call one parser with bytes that it makes up:
//
//     fuzz-parsers PARSER [libFuzzer's arguments]
//
// `Tools/fuzz` builds and calls it.

import CLibFuzzer
import Foundation

guard let word = CommandLine.arguments.dropFirst().first, let parser = Parser(rawValue: word) else {
    FileHandle.standardError.write(
        Data("choose one of \(Parser.allCases.map(\.rawValue).joined(separator: ", "))\n".utf8))
    exit(64)
}
nonisolated(unsafe) let run = try parser.prepared()

// libFuzzer keeps the arguments and may change them; without the parser's name they are its own.
var arguments = CommandLine.unsafeArgv
arguments[1] = arguments[0]
arguments += 1
var count = CommandLine.argc - 1
var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
exit(
    LLVMFuzzerRunDriver(&count, &pointer) { data, size in
        run(UnsafeRawBufferPointer(start: data, count: size))
        return 0
    })
