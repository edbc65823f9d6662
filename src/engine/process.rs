//! An engine in a process of its own, in whatever language, that speaks the protocol.
//!
//! Nothing that the process does may harm us. It may die, hang, write garbage or a line without end: that is reported for
//! the case at hand, the process is killed with all that it started, and the next case finds a new one. Reading and
//! writing have threads of their own, so that a process that neither reads nor writes still runs into its time limit.

use super::lines::{self, Line};
use super::{Capabilities, Engine, EngineError, Evaluation, Mode, Want, protocol};
use crate::graph::Case;
use std::fmt;
use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long an engine may take, and how much it may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the answer to a case.
    pub answer: Duration,
    /// For starting, up to the answer to the hello.
    pub hello: Duration,
    /// The longest line, in bytes.
    pub line: usize,
}

impl Default for Limits {
    /// Ten seconds for a case, thirty to start, 64 MiB a line.
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            hello: Duration::from_secs(30),
            line: lines::LONGEST,
        }
    }
}

/// An engine that could not be started, or did not introduce itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError {
    /// The command.
    pub command: String,
    /// What went wrong.
    pub message: String,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the engine `{}` could not be started: {}",
            self.command, self.message
        )
    }
}

impl std::error::Error for StartError {}

/// An engine behind the protocol.
///
/// ```no_run
/// use secant::engine::{Engine, Limits, ProcessEngine, Want};
/// use secant::graph::Case;
/// let mut engine = ProcessEngine::start("python3 engines/python/jax_engine.py", Limits::default())?;
/// let case = Case::from_text("secant 1\nparam x [] = 2.0\ny = square(x)\nreturn y\n").unwrap();
/// let answer = engine.evaluate(&case, &Want::gradient()).unwrap();
/// assert_eq!(answer.gradient.unwrap()[0].1, [4.0]);
/// # Ok::<(), secant::engine::StartError>(())
/// ```
pub struct ProcessEngine {
    command: String,
    words: Vec<String>,
    limits: Limits,
    name: String,
    capabilities: Capabilities,
    process: Option<Process>,
}

impl ProcessEngine {
    /// Starts a command line, which is split as a shell would, and lets the engine introduce itself.
    ///
    /// # Errors
    /// If there is no such command, or what it starts does not answer the hello as it should.
    pub fn start(command: &str, limits: Limits) -> Result<Self, StartError> {
        let wrong = |message: String| StartError {
            command: command.into(),
            message,
        };
        let words = shell_words::split(command).map_err(|e| wrong(e.to_string()))?;
        if words.is_empty() {
            return Err(wrong("the command line is empty".into()));
        }
        let (process, name, capabilities) = introduced(&words, limits).map_err(wrong)?;
        Ok(Self {
            command: command.into(),
            words,
            limits,
            name,
            capabilities,
            process: Some(process),
        })
    }

    /// The command line that it was started with.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// What the engine has said that it cannot do.
    fn refuses(&self, case: &Case, want: &Want) -> Option<String> {
        let asked = [
            (want.gradient, Mode::Gradient),
            (want.tangents.is_some(), Mode::Jvp),
            (want.direction.is_some(), Mode::Hvp),
        ];
        let mut modes = asked.into_iter().filter(|(asked, _)| *asked);
        let missing = modes.find(|(_, mode)| !self.capabilities.modes.contains(mode));
        missing
            .map(|(_, mode)| mode.name().to_string())
            .or_else(|| self.capabilities.refuses(case))
    }

    /// The process, a new one if there is none or it has died since its last answer.
    fn running(&mut self) -> Result<Process, String> {
        if let Some(mut process) = self.process.take()
            && process.is_alive()
        {
            return Ok(process);
        }
        Ok(introduced(&self.words, self.limits)?.0)
    }
}

/// A new process that has answered the hello.
fn introduced(words: &[String], limits: Limits) -> Result<(Process, String, Capabilities), String> {
    let mut process = Process::start(words, limits.line)?;
    let id = process.next_id();
    let introduction = process
        .ask(protocol::hello(id), limits.hello)
        .map_err(|trouble| process.describe(&trouble, "the hello"))?;
    let (name, capabilities) = protocol::read_introduction(&introduction, id)?;
    Ok((process, name, capabilities))
}

impl Engine for ProcessEngine {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn evaluate(&mut self, case: &Case, want: &Want) -> Result<Evaluation, EngineError> {
        if let Some(what) = self.refuses(case, want) {
            return Err(EngineError::Unsupported(what));
        }
        let mut process = self
            .running()
            .map_err(|e| EngineError::Gone(format!("it could not be started again: {e}")))?;
        let id = process.next_id();
        match process.ask(protocol::evaluate(id, case, want), self.limits.answer) {
            Ok(line) => match protocol::read_evaluation(&line, id, want) {
                Ok(answer) => {
                    self.process = Some(process);
                    answer
                }
                Err(garbage) => {
                    // whoever has lost the thread once cannot be trusted with the next case
                    process.kill();
                    let message = format!("it answered the case with garbage: {garbage}");
                    Err(EngineError::Failed(message))
                }
            },
            Err(trouble) => {
                let message = process.describe(&trouble, "the case");
                process.kill();
                Err(match trouble {
                    Trouble::Late(_) => EngineError::Timeout(message),
                    _ => EngineError::Failed(message),
                })
            }
        }
    }
}

/// Why a process gave no line.
enum Trouble {
    /// It was silent for so long.
    Late(Duration),
    /// It closed its output: it has died, or is about to.
    Closed,
    /// What it wrote is no line of text.
    Garbage(String),
}

/// A running process and the threads at its pipes.
struct Process {
    child: Child,
    /// The number of questions that it was asked.
    asked: u64,
    /// Dropped to close the process's input.
    requests: Option<Sender<String>>,
    answers: Receiver<Result<String, Trouble>>,
    log: Log,
    logger: JoinHandle<()>,
}

impl Process {
    fn start(words: &[String], longest: usize) -> Result<Self, String> {
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // a group of its own: what the process starts is killed with it, and Ctrl-C reaches us alone
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            unreachable!("all three were piped");
        };
        let (requests, to_write) = channel();
        // one line ahead: who writes without being asked has to wait
        let (to_send, answers) = sync_channel(1);
        thread::spawn(move || write_requests(stdin, &to_write));
        thread::spawn(move || read_answers(stdout, &to_send, longest));
        let log = Log::default();
        let own = log.clone();
        let logger = thread::spawn(move || own.fill(stderr));
        Ok(Self {
            child,
            asked: 0,
            requests: Some(requests),
            answers,
            log,
            logger,
        })
    }

    fn next_id(&mut self) -> u64 {
        self.asked += 1;
        self.asked - 1
    }

    /// Sends a line and waits for the one that answers it.
    fn ask(&mut self, line: String, limit: Duration) -> Result<String, Trouble> {
        if let Some(requests) = &self.requests {
            // if nobody takes it, the process has closed its input, and reading will tell why
            let _ = requests.send(line);
        }
        match self.answers.recv_timeout(limit) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::Late(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Closed),
        }
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The exit status, if there is one within the time.
    fn wait(&mut self, time: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            match self.child.try_wait() {
                Ok(None) if start.elapsed() < time => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(20));
                }
                Ok(status) => return status,
                Err(_) => return None,
            }
        }
    }

    /// What happened, with the last that the process wrote to its log.
    fn describe(&mut self, trouble: &Trouble, what: &str) -> String {
        const GRACE: Duration = Duration::from_millis(500);
        let mut message = match trouble {
            Trouble::Late(limit) => {
                format!("it did not answer {what} within {limit:?} and was killed")
            }
            Trouble::Garbage(message) => format!("it answered {what} with garbage: {message}"),
            Trouble::Closed => match self.wait(GRACE) {
                Some(status) => format!("it died before it answered {what} ({status})"),
                None => format!("it closed its output before it answered {what}"),
            },
        };
        if matches!(trouble, Trouble::Closed) {
            // its last words may still be on their way
            let start = Instant::now();
            while !self.logger.is_finished() && start.elapsed() < GRACE {
                thread::sleep(Duration::from_millis(1));
            }
        }
        let log = self.log.text();
        if !log.is_empty() {
            message.push_str("; its log ends: ");
            message.push_str(&log);
        }
        message
    }

    /// Kills the process and what it has started, which may outlive it.
    fn kill(&mut self) {
        #[cfg(unix)]
        {
            // The standard library can kill one process only. The group has the number of the process, which nobody else
            // can get as long as there is anyone in it.
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -s KILL -- -{}", self.child.id())])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    /// Closes the input, which asks the process to end, and kills what has not ended.
    fn drop(&mut self) {
        self.requests = None;
        self.wait(Duration::from_millis(500));
        self.kill();
    }
}

fn write_requests(mut stdin: ChildStdin, requests: &Receiver<String>) {
    while let Ok(mut line) = requests.recv() {
        line.push('\n');
        if stdin.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

fn read_answers(
    stdout: ChildStdout,
    answers: &SyncSender<Result<String, Trouble>>,
    longest: usize,
) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    let mut line = Vec::new();
    loop {
        let answer = match lines::read(&mut stdout, &mut line, longest) {
            Ok(Line::Whole) => String::from_utf8(std::mem::take(&mut line)).map_err(|e| {
                let at = e.utf8_error().valid_up_to();
                Trouble::Garbage(format!("byte {at} of its line is no UTF-8"))
            }),
            Ok(Line::TooLong) => Err(Trouble::Garbage(format!(
                "a line of more than {longest} bytes"
            ))),
            Ok(Line::End) | Err(_) => return,
        };
        let stop = matches!(answer, Err(Trouble::Garbage(_)));
        if answers.send(answer).is_err() || stop {
            return;
        }
    }
}

/// The end of what a process writes to its log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    const KEPT: usize = 1000;

    fn fill(&self, mut stderr: ChildStderr) {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = stderr.read(&mut piece) {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend_from_slice(&piece[..count]);
            let extra = kept.len().saturating_sub(Self::KEPT);
            kept.drain(..extra);
        }
    }

    fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim().to_string()
    }
}
