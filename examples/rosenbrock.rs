//! Rosenbrock's valley in ten dimensions, by two solvers of `argmin`: L-BFGS, which asks for gradients, and Newton with
//! conjugate gradients, which asks for Hessians too. The function is written once.

use argmin::core::{Error, Executor, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::newton::NewtonCG;
use argmin::solver::quasinewton::LBFGS;
use secant::Real;
use secant::interop::argmin::{Numbers, Objective};
use secant::number::Term;

struct Rosenbrock {
    steepness: f64,
}

impl Objective for Rosenbrock {
    fn cost<N: Real>(&self, x: &[N]) -> N {
        let terms = x.windows(2).map(|pair| {
            let (a, b) = (Term(pair[0]), Term(pair[1]));
            (self.steepness * (b - a * a).powi(2) + (1.0 - a).powi(2)).0
        });
        N::sum(&terms.collect::<Vec<N>>())
    }
}

fn main() -> Result<(), Error> {
    let problem = || Numbers(Rosenbrock { steepness: 100.0 });
    let start: Vec<f64> = (0..10).map(|i| 0.3 * f64::from(i % 4)).collect();
    let search = MoreThuenteLineSearch::new;

    let found = Executor::new(problem(), LBFGS::new(search(), 7))
        .configure(|state| state.param(start.clone()).max_iters(200))
        .run()?;
    report("L-BFGS", found.state());

    let found = Executor::new(problem(), NewtonCG::new(search()))
        .configure(|state| state.param(start).max_iters(200).target_cost(1e-20))
        .run()?;
    report("Newton-CG", found.state());
    Ok(())
}

fn report<S: State<Param = Vec<f64>, Float = f64>>(solver: &str, state: &S) {
    let off = state.get_best_param().map_or(f64::NAN, |x| {
        x.iter().map(|x| (x - 1.0).abs()).fold(0.0, f64::max)
    });
    println!(
        "{solver}: cost {:.1e} after {} steps, at most {off:.1e} from the minimum",
        state.get_best_cost(),
        state.get_iter()
    );
    assert!(off < 1e-5, "{solver} did not reach the minimum");
}
