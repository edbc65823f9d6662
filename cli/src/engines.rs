//! Engines by name or by command line.

use crate::output::Failure;
use secant::engine::sabotage::{Sabotage, Sabotaged};
use secant::engine::{Builtin, Engine, EngineError, Limits, ProcessEngine, Way};
use secant::fuzz::Factory;
use std::time::Duration;

/// An engine of somebody else's that is compiled in. It runs in a process of its own: this program, as `serve --engine
/// NAME`. Whatever it does, it does to that process alone.
pub struct Foreign {
    /// The name on the command line, and in results.
    pub name: &'static str,
    /// Makes the engine, in the process that serves it.
    pub open: fn() -> Box<dyn Engine>,
}

/// How an engine is meant, and for how long it may think.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Patience {
    /// Seconds that an engine in a process of its own may take for a case.
    #[arg(long, value_name = "SECONDS", default_value_t = ANSWER, value_parser = seconds, hide = true)]
    timeout: f64,
    /// Seconds that such an engine may take to start.
    #[arg(long, value_name = "SECONDS", default_value_t = HELLO, value_parser = seconds, hide = true)]
    start_timeout: f64,
}

/// A number of seconds above 0.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds < 1e9 => Ok(seconds),
        _ => Err("expected a number of seconds above 0".into()),
    }
}

/// What engines take if nobody says otherwise.
const ANSWER: f64 = 10.0;
const HELLO: f64 = 30.0;

impl Patience {
    /// The options that were given.
    pub(crate) fn words(&self) -> Vec<String> {
        let limits = [
            ("--timeout", self.timeout, ANSWER),
            ("--start-timeout", self.start_timeout, HELLO),
        ];
        let given = limits
            .into_iter()
            .filter(|(_, value, usual)| value != usual);
        given
            .flat_map(|(option, value, _)| [option.into(), value.to_string()])
            .collect()
    }

    fn limits(&self) -> Limits {
        Limits {
            answer: Duration::from_secs_f64(self.timeout),
            hello: Duration::from_secs_f64(self.start_timeout),
            ..Limits::default()
        }
    }
}

/// The names of our engines.
pub(crate) fn ours() -> Vec<String> {
    Way::ALL.iter().map(|way| way.name().to_string()).collect()
}

/// Whether a name is that of one of our engines.
pub(crate) fn is_own(name: &str) -> bool {
    Way::from_name(name).is_some()
}

/// The engines that have names: ours, and those that are compiled in beside them.
#[derive(Clone, Copy)]
pub(crate) struct Engines {
    foreign: &'static [Foreign],
}

impl Engines {
    /// Ours and these.
    pub(crate) fn with(foreign: &'static [Foreign]) -> Self {
        Self { foreign }
    }

    /// All names.
    pub(crate) fn names(self) -> Vec<String> {
        let foreign = self.foreign.iter().map(|engine| engine.name.to_string());
        ours().into_iter().chain(foreign).collect()
    }

    fn foreign(self, name: &str) -> Option<&'static Foreign> {
        self.foreign.iter().find(|engine| engine.name == name)
    }

    /// The engine of a name or a command line.
    pub(crate) fn open(
        self,
        engine: &str,
        patience: &Patience,
    ) -> Result<Box<dyn Engine>, Failure> {
        if let Some(way) = Way::from_name(engine) {
            return Ok(Box::new(Builtin::new(way)));
        }
        let command = match self.foreign(engine) {
            Some(foreign) => serving(foreign.name)?,
            None => engine.to_string(),
        };
        let started = ProcessEngine::start(&command, patience.limits());
        let process = started.map_err(|e| Failure::Engine(format!("{e}{}", self.hint(engine))))?;
        Ok(Box::new(process))
    }

    /// The engines of names or command lines; ours where none is given.
    pub(crate) fn open_all(
        self,
        engines: &[String],
        patience: &Patience,
    ) -> Result<Vec<Box<dyn Engine>>, Failure> {
        let ours = ours();
        let engines = if engines.is_empty() { &ours } else { engines };
        engines
            .iter()
            .map(|engine| self.open(engine, patience))
            .collect()
    }

    /// Makes as many engines of a name or a command line as there are threads.
    pub(crate) fn factory(self, engine: &str, patience: &Patience) -> Factory {
        let (engine, patience) = (engine.to_string(), patience.clone());
        Box::new(move || match self.open(&engine, &patience) {
            Ok(engine) => Ok(engine),
            Err(Failure::Engine(message) | Failure::Input(message)) => {
                Err(EngineError::Failed(message))
            }
            Err(Failure::Pipe) => unreachable!("nothing is written"),
        })
    }

    /// One word that is no command may be a mistyped name.
    fn hint(self, engine: &str) -> String {
        match engine.contains(char::is_whitespace) || self.foreign(engine).is_some() {
            true => String::new(),
            false => format!(
                " (built in are {}; anything else is a command line)",
                self.names().join(", ")
            ),
        }
    }

    /// The engine behind `serve`: one of a name, or our tape with a planted fault.
    pub(crate) fn served(
        self,
        name: &str,
        sabotage: Option<&str>,
    ) -> Result<Box<dyn Engine>, Failure> {
        if let Some(fault) = sabotage {
            let fault: Sabotage = fault.parse().map_err(Failure::Input)?;
            return Ok(Box::new(Sabotaged::new(fault)));
        }
        if let Some(foreign) = self.foreign(name) {
            return Ok((foreign.open)());
        }
        let way = Way::from_name(name).ok_or_else(|| {
            let message = format!(
                "no engine `{name}` is built in; there are {}",
                self.names().join(", ")
            );
            Failure::Engine(message)
        })?;
        Ok(Box::new(Builtin::new(way)))
    }
}

/// The command line that makes this program serve one of its engines.
fn serving(name: &str) -> Result<String, Failure> {
    let unknown =
        |what: &str| Failure::Engine(format!("the engine {name} needs a process, but {what}"));
    let program = std::env::current_exe()
        .map_err(|e| unknown(&format!("this program does not know its own file: {e}")))?;
    let program = program
        .to_str()
        .ok_or_else(|| unknown("the path of this program is no UTF-8"))?;
    Ok(shell_words::join([program, "serve", "--engine", name]))
}
