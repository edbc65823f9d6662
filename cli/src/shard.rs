//! Which part of a run is ours.

use crate::output::Failure;

/// The variables in which launchers tell a process its number, and how many there are.
const LAUNCHERS: [(&str, &str); 4] = [
    ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
    ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
    ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"),
];

/// `K/N`: part K, from 0, of N.
pub(crate) fn parse(text: &str) -> Result<(u64, u64), String> {
    let numbers = text
        .split_once('/')
        .and_then(|(k, n)| Some((k.trim().parse().ok()?, n.trim().parse().ok()?)));
    match numbers {
        Some((k, n)) if k < n => Ok((k, n)),
        _ => Err("expected K/N: part K of N parts, K from 0 to N - 1".into()),
    }
}

/// The part that a launcher has given us, or all of it.
pub(crate) fn launched(variable: impl Fn(&str) -> Option<String>) -> Result<(u64, u64), Failure> {
    for (rank, size) in LAUNCHERS {
        if let (Some(k), Some(n)) = (variable(rank), variable(size)) {
            return parse(&format!("{k}/{n}")).map_err(|e| {
                Failure::Input(format!("{rank}={k}, {size}={n}: {e}; or give --shard"))
            });
        }
    }
    Ok((0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read() {
        assert_eq!(parse("2/8"), Ok((2, 8)));
        for wrong in ["", "3", "8/8", "1/0", "-1/2", "a/b", "1/2/3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn launchers_are_asked_in_order() {
        let of = |set: &'static [(&str, &str)]| {
            launched(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| value.to_string())
            })
        };
        assert_eq!(of(&[]).unwrap(), (0, 1));
        assert_eq!(of(&[("PMI_RANK", "3"), ("PMI_SIZE", "4")]).unwrap(), (3, 4));
        // a size without a rank is no launcher
        assert_eq!(of(&[("SLURM_NTASKS", "4")]).unwrap(), (0, 1));
        assert!(of(&[("SLURM_PROCID", "4"), ("SLURM_NTASKS", "4")]).is_err());
    }
}
