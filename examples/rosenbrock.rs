//! Rosenbrock's valley by two solvers of `argmin`: L-BFGS, which asks for gradients, and Newton with conjugate gradients, which
//! asks for Hessians too. The function is written once.

use argmin::core::{Error, Executor, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::newton::NewtonCG;
use argmin::solver::quasinewton::LBFGS;
use secant::Real;
use secant::interop::argmin::{Numbers, Objective};
use secant::number::Term;

struct Rosenbrock {
    unit: f64,
}

impl Objective for Rosenbrock {
    fn cost<N: Real>(&self, x: &[N]) -> N {
        let terms = x.windows(2).map(|pair| {
            let (a, b) = (Term(pair[0]), Term(pair[1]));
            (100.0 * (b - a * a).powi(2) + (1.0 - a).powi(2)).0
        });
        N::of(self.unit) * N::sum(&terms.collect::<Vec<N>>())
    }
}

fn main() -> Result<(), Error> {
    let search = MoreThuenteLineSearch::new;

    let found = Executor::new(Numbers(Rosenbrock { unit: 1.0 }), LBFGS::new(search(), 7))
        .configure(|state| state.param(vec![0.0; 10]).max_iters(200))
        .run()?;
    report("L-BFGS in 10 dimensions", found.state());

    // this solver's inner loop ends when a squared residual is below a slope that is not squared: at once, and so with a step
    // of steepest descent, where the slope is below 1
    let found = Executor::new(Numbers(Rosenbrock { unit: 1e4 }), NewtonCG::new(search()))
        .configure(|state| state.param(vec![-1.2, 1.0]).max_iters(200))
        .run()?;
    report("Newton-CG in 2", found.state());
    Ok(())
}

fn report<S: State<Param = Vec<f64>, Float = f64>>(solver: &str, state: &S) {
    let off = state.get_best_param().map_or(f64::NAN, |x| {
        x.iter().map(|x| (x - 1.0).abs()).fold(0.0, f64::max)
    });
    println!(
        "{solver}: {off:.1e} from the minimum after {} steps",
        state.get_iter()
    );
    assert!(off < 1e-6, "{solver} did not reach the minimum");
}
