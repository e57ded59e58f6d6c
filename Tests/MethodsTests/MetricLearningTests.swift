import CPUBackend
import Methods
import NeuralNetworks
import Tensors
import XCTest

final class MetricLearningTests: XCTestCase {
    private let backend = CPUBackend()
    private let stream = RandomStream(seed: 5, purpose: .testing)

    /// `count` points around each of the given places of the plane.
    private func points(around places: [(Float, Float)], count: Int) throws -> Tensor {
        var generator = PhiloxGenerator(RandomStream(seed: 2, purpose: .testing))
        let values = places.flatMap { place in
            (0..<count).flatMap { _ in [place.0 + generator.uniform() - 0.5, place.1 + generator.uniform() - 0.5] }
        }
        return try backend.tensor(values, try Shape([places.count * count, 2]))
    }

    // MARK: Losses

    /// Cosines 0.6 and −1, and half the squared distances 0.4 and 2.
    func testTheConsistencyOfTwoViewsDrawsBothTogether() throws {
        func rows(_ values: [Float]) throws -> Variable {
            Variable(try backend.tensor(values, [2, 2]), requiresGradient: true)
        }
        let (first, second) = (try rows([1, 0, 0, 1]), try rows([0.6, 0.8, 0, -1]))
        let tape = Tape(on: backend)
        let loss = try tape.viewConsistencyLoss(first, second)
        XCTAssertEqual(try backend.read(loss.value).floats[0], 1.2, accuracy: 1e-6)
        try tape.backward(from: loss)
        for (variable, expected) in [(first, [-0.3, -0.4, 0, 0.5]), (second, [-0.5, 0, 0, -0.5])]
            as [(Variable, [Float])]
        {
            for (gradient, value) in try zip(backend.read(XCTUnwrap(variable.gradient)).floats, expected) {
                XCTAssertEqual(gradient, value, accuracy: 1e-6)
            }
        }
    }

    // MARK: Clustering

    func testClusteringFindsSeparateGroups() throws {
        let places: [(Float, Float)] = [(0, 0), (10, 0), (0, 10), (10, 10)]
        let points = try points(around: places, count: 25)
        let clusters = try KMeans(clustering: points, count: 4, stream: stream, on: backend)
        XCTAssertEqual(try backend.read(clusters.counts).integers(), [25, 25, 25, 25])
        let assignments = try backend.read(clusters.assignments).integers()
        for group in 0..<4 {
            XCTAssertEqual(Set(assignments[group * 25..<(group + 1) * 25]).count, 1, "group \(group)")
        }
        let centres = try backend.read(clusters.centres).floats
        for place in places {
            XCTAssertTrue(
                (0..<4).contains { abs(centres[2 * $0] - place.0) < 0.5 && abs(centres[2 * $0 + 1] - place.1) < 0.5 })
        }
        XCTAssertLessThan(try backend.read(clusters.inertia(on: backend)).floats[0], 100 * 0.5)
    }

    func testTheSameStreamGivesTheSameCentres() throws {
        let points = try points(around: [(0, 0), (1, 0), (0, 1)], count: 20)
        func centres() throws -> HostTensor {
            try backend.read(KMeans(clustering: points, count: 5, stream: stream, on: backend).centres)
        }
        XCTAssertEqual(try centres(), try centres())
    }

    func testNoMoreCentresThanDifferentPoints() throws {
        let points = try backend.tensor([1, 2, 1, 2, 3, 4, 1, 2] as [Float], [4, 2])
        let clusters = try KMeans(clustering: points, count: 3, stream: stream, on: backend)
        XCTAssertEqual(clusters.centres.shape, [2, 2])
        XCTAssertEqual(try backend.read(clusters.inertia(on: backend)).floats, [0])
    }

    func testOfEqualCentresTheFirstTakesThePoints() throws {
        let centres = try backend.randomNormal([19, 7], stream: stream)
        let twice = try Tape(on: backend, recording: false).concatenate(
            [Variable(centres, requiresGradient: false), Variable(centres, requiresGradient: false)]
        ).value
        let points = try backend.randomNormal([200, 7], stream: RandomStream(seed: 6, purpose: .testing))
        let step = try KMeans(movingCentres: twice, to: points, on: backend)
        XCTAssertTrue(try backend.read(step.assignments).integers().allSatisfy { $0 < 19 })
    }

    func testClusteringRefusesNothingToCluster() throws {
        let empty = try backend.makeTensor([0, 2], .float32)
        XCTAssertThrowsError(try KMeans(clustering: empty, count: 2, stream: stream, on: backend)) {
            XCTAssertTrue($0 is TensorError)
        }
    }

    // MARK: Pseudo-labels

    func testLargeClassesGetSeveralCentresAndSmallOnesOne() throws {
        let features = try points(around: [(0, 0), (0, 5), (5, 0), (50, 50)], count: 10)
        // Class 0 holds 30 images, class 1 none, class 2 ten.
        let labels = [Int32](repeating: 0, count: 30) + [Int32](repeating: 2, count: 10)
        let centres = try ClassCentres(
            clustering: features, labels: labels, classes: 3, imagesPerCentre: 8, maximumCount: 3, seed: 1, round: 0,
            on: backend)
        XCTAssertEqual(centres.labels, [0, 0, 0, 2, 2])
        let queries = try backend.tensor([5.1, 0.2, 49, 51] as [Float], [2, 2])
        let nearest = try centres.nearest(to: queries, on: backend)
        XCTAssertEqual(nearest.map(\.label), [0, 2])
        XCTAssertLessThan(nearest[0].distance, 1)
        // The second nearest centre is of class 0 too; the nearest of another class is far away.
        XCTAssertGreaterThan(nearest[0].distanceOfOtherClass, 40)
        XCTAssertGreaterThan(nearest[1].distanceOfOtherClass, 40)
    }

    func testWithOneClassNothingIsAmbiguous() throws {
        let features = try points(around: [(0, 0)], count: 4)
        let centres = try ClassCentres(
            clustering: features, labels: [1, 1, 1, 1], classes: 2, imagesPerCentre: 2, maximumCount: 2, seed: 1,
            round: 0, on: backend)
        let nearest = try centres.nearest(to: features, on: backend)
        XCTAssertEqual(nearest.map(\.distanceOfOtherClass), [.infinity, .infinity, .infinity, .infinity])
    }

    func testClassCentresRefuseLabelsThatDoNotFit() throws {
        let features = try points(around: [(0, 0)], count: 2)
        for labels in [[0], [0, 2], [0, -1]] as [[Int32]] {
            XCTAssertThrowsError(
                try ClassCentres(
                    clustering: features, labels: labels, classes: 2, imagesPerCentre: 1, maximumCount: 1, seed: 1,
                    round: 0, on: backend)
            ) { XCTAssertTrue($0 is MethodError) }
        }
    }

    func testEveryClassGivesItsNearestImagesUpToTheQuota() {
        func image(_ label: Int32, _ distance: Float, other: Float = 10) -> NearestCentre {
            NearestCentre(label: label, distance: distance, distanceOfOtherClass: other)
        }
        let images = [
            image(0, 3), image(0, 1), image(1, 9.5), image(0, 2), image(1, 4), image(0, 1), image(2, 0, other: 0),
        ]
        XCTAssertEqual(
            NearestCentreSelection(quota: 2, largestDistanceRatio: 0.9).select(from: images), [1, 4, 5])
        XCTAssertEqual(
            NearestCentreSelection(quota: 1, largestDistanceRatio: nil).select(from: images), [1, 4, 6])
        XCTAssertEqual(
            NearestCentreSelection(quota: .max, largestDistanceRatio: nil).select(from: images), Array(0..<7))
        XCTAssertEqual(NearestCentreSelection(quota: 0, largestDistanceRatio: nil).select(from: images), [])
    }

    // MARK: Triplets

    func testTripletsOfEqualFeaturesHaveFiniteGradients() throws {
        let features = Variable(try backend.tensor([1, 1, 1, 1, 1, 1] as [Float], [3, 2]), requiresGradient: true)
        let tape = Tape(on: backend)
        let loss = try tape.batchHardTripletLoss(features, labels: [4, 4, 7], margin: 0.3)
        XCTAssertEqual(try backend.read(loss.value).floats, [0.3])
        try tape.backward(from: loss)
        XCTAssertEqual(try backend.read(XCTUnwrap(features.gradient)).floats, [0, 0, 0, 0, 0, 0])
    }

    func testTripletsRefuseLabelsWithoutAny() throws {
        let features = Variable(try backend.tensor(repeating: 1, [2, 2]), requiresGradient: true)
        for labels in [[3, 3], [0, 1], [0]] as [[Int32]] {
            XCTAssertThrowsError(
                try Tape(on: backend).batchHardTripletLoss(features, labels: labels, margin: 0.3)
            ) { XCTAssertTrue($0 is MethodError) }
        }
    }
}
