//! The table of goals: the results of each program, and whether the goal is met.

use std::fmt;

/// The columns, in their order.
const COLUMNS: [&str; 6] =
    ["mqtt-dash", "mqtt-dash, MQTT 5", "bare rumqttc loop", "bare rumqttc loop, MQTT 5", "mosquitto_sub", "mqttui"];

#[derive(Default)]
struct Row {
    what: String,
    goal: String,
    cells: Vec<(&'static str, String, f64)>,
    met: Option<bool>,
}

/// The table of goals.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a row.
    pub fn row(&mut self, what: &str, goal: &str) {
        self.0.push(Row { what: what.to_owned(), goal: goal.to_owned(), ..Row::default() });
    }

    /// Adds the result of a program to the last row.
    pub fn cell(&mut self, column: &'static str, text: String, value: f64) {
        println!("  {column}: {text}");
        self.last().cells.push((column, text, value));
    }

    /// The result of a program in the last row.
    pub fn value(&mut self, column: &str) -> Option<f64> {
        self.last().cells.iter().find(|(name, ..)| *name == column).map(|(.., value)| *value)
    }

    /// Sets whether the goal of the last row is met.
    pub fn set_met(&mut self, met: bool) {
        self.last().met = Some(met);
    }

    fn last(&mut self) -> &mut Row {
        self.0.last_mut().expect("the table has a row")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used: Vec<&str> = COLUMNS
            .into_iter()
            .filter(|column| self.0.iter().any(|row| row.cells.iter().any(|(name, ..)| name == column)))
            .collect();
        writeln!(f, "| what | goal | {} | met |", used.join(" | "))?;
        writeln!(f, "|---|---|{}---|", "---|".repeat(used.len()))?;
        for Row { what, goal, cells, met } in &self.0 {
            write!(f, "| {what} | {goal} |")?;
            for column in &used {
                let text = cells.iter().find(|(name, ..)| name == column).map_or("", |(_, text, _)| text);
                write!(f, " {text} |")?;
            }
            writeln!(f, " {} |", met.map_or("", |met| if met { "yes" } else { "**no**" }))?;
        }
        Ok(())
    }
}
