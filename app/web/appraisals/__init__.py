"""Where the appraisal team scores, meets and returns."""
