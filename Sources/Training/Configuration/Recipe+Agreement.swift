extension Recipe {
    /// - Throws: `RecipeError` for sections that do not go together, saying why.
    func requireThatSectionsAgree(_ reader: RecipeReader) throws {
        if method.composition.requirements.meanPredictions != nil, data.validationPerClass == 0 {
            throw reader.invalid(
                "data.validation_per_class",
                "must be at least 1 beside method.assumed_distribution estimated, which compares with those images")
        }
        if rounds != nil {
            guard method.composition.requirements.unlabelledViews == 0 else {
                throw reader.invalid(
                    "method.base",
                    "uses unlabelled images, of which none are left after the last of rounds; take supervised")
            }
            guard !data.labelledInUnlabelled else {
                throw reader.invalid(
                    "data.labelled_in_unlabelled",
                    "must be false beside rounds, which give labels to unlabelled images")
            }
        }
        if generations != nil {
            guard rounds == nil else {
                throw reader.invalid("generations.count", "must be 0 beside rounds; both give labels, choose one")
            }
            guard pretraining == nil else {
                throw reader.invalid(
                    "pretraining.method", "must be none beside generations, each of which begins with a new network")
            }
        }
        if retraining != nil, evaluation.logitAdjustment != nil {
            throw reader.invalid(
                "evaluation.logit_adjustment",
                "must be 0 beside retraining: the new classifier has seen all classes alike, so nothing is to be taken back"
            )
        }
    }
}
