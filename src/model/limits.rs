//! Checks the range and the step of a number that a tile shows or publishes.

use super::value::ValidationError;

/// The lower and the upper limit of kinds that show or set a number, if the file names none.
pub(crate) const DEFAULT_LIMITS: (f64, f64) = (0.0, 100.0);

/// Returns the error of limits that are no range; `None` if `min` is below `max`.
pub(crate) fn limits_error((min, max): (f64, f64), (default_min, default_max): (f64, f64)) -> Option<ValidationError> {
    let error = || {
        let help =
            format!("swap them, or set the missing one: the default of min is {default_min}, of max {default_max}");
        ValidationError::new(format!("`min` ({min}) must be below `max` ({max})")).with_help(help).prepend_key("min")
    };
    (min >= max).then(error)
}

/// Returns the error of a step that leads nowhere.
pub(crate) fn step_error(step: Option<f64>) -> Option<ValidationError> {
    let is_error = step.is_some_and(|step| step <= 0.0);
    is_error.then(|| ValidationError::new("the step must be greater than 0").prepend_key("step"))
}
