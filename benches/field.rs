//! W4 and W5: the work of the map's worker, and the shape under the cursor.

use criterion::{Criterion, criterion_group, criterion_main};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::explore::layers::grid::{Lattice, ShapeGrid};
use latent_explorer::explore::layers::heat::HeatField;
use latent_explorer::explore::scene::mesh::Mesh;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::numerics::runtime;
use latent_explorer::objective::Objective;
use latent_explorer::session::document::ids::ModelId;
use latent_explorer::session::results::models::Prepared;
use latent_explorer::session::results::probe::Probe;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUANTITY: Quantity = Quantity::ROUNDNESS;

fn field(c: &mut Criterion) {
    runtime::set_up();
    let model = BUNDLED[0].load().expect("the sample opens");
    let prepared = Prepared::new(model).expect("the sample is sound");
    let (model, projection) = (&prepared.model, &prepared.projection);
    let mut group = c.benchmark_group("field");
    group.sample_size(20);

    let objective = Objective::for_quantity(model.clone(), QUANTITY);
    let never = CancelToken::default();
    group.bench_function("heat 256x256 (W4)", |b| {
        b.iter(|| {
            HeatField::compute(&objective, projection, prepared.home, [256, 256], &never)
                .expect("the graph is valid")
        });
    });

    // 24 multiples of the spacing on each side, all inside the data.
    let lattice = Lattice { spacing: 0.15, first: [-12, -12], count: [24, 24] };
    let points = projection.lift_all(lattice.centres());
    group.bench_function("decode 24x24 (W5)", |b| {
        b.iter(|| model.decode(&points).expect("the width fits"));
    });
    let outlines = model.decode(&points).expect("the width fits");
    group.bench_function("triangles of 24x24", |b| b.iter(|| Mesh::fill(outlines.iter())));
    group.bench_function("decode, measure and fill 24x24", |b| {
        b.iter(|| ShapeGrid::decode(model, projection, QUANTITY, lattice).expect("the width fits"));
    });

    let version = (ModelId(1), 0);
    group.bench_function("probe of one point", |b| {
        b.iter(|| {
            Probe::at(&prepared, version, [0.3, -0.4], None, QUANTITY).expect("the width fits")
        });
    });
}

criterion_group!(benches, field);
criterion_main!(benches);
