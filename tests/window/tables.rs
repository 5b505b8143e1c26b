//! A model of a table in the window.

use super::*;
use crate::steels::{steels, train as train_steels};
use latent_explorer::data::rows::Rows;
use latent_explorer::data::table::{ColumnRole, FileColumn, most_unusual_first, profile};
use latent_explorer::explore::three_digits;
use latent_explorer::nn::autoencoder::Latent;
use std::sync::LazyLock;

/// A model of four numbers and a category, and one of 30 numbers with a latent of four dimensions.
static FLAT: LazyLock<PathBuf> = LazyLock::new(|| trained("flat", 4, 2));
static DEEP: LazyLock<PathBuf> = LazyLock::new(|| trained("deep", 30, 4));

fn trained(name: &str, numbers: usize, latent: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("steels-window-{name}"));
    train_steels(&folder, numbers, latent)
}

fn opened(path: &Path) -> Window {
    let mut window = open();
    open_typed(&mut window, path);
    settle(&mut window);
    assert!(window.see().errors().is_empty(), "{:?}", window.see().errors());
    window
}

/// Leaves the mouse where it is until the tooltip is there.
fn rest(window: &mut Window) {
    (0..10).for_each(|_| window.step());
}

#[test]
fn a_row_is_shown_column_by_column() {
    let mut window = opened(&FLAT);
    window.get_by_label("No row yet");
    click_on_map(&mut window, 0.4, 0.5);
    settle(&mut window);
    let picked = window.see().selected().unwrap();
    let model = window.see().shown().model();
    let nearest = picked.nearest().unwrap();
    let schema = model.domain().table().unwrap();
    let (here, there) = (schema.describe(picked.outline()), schema.describe(&nearest.outline));
    for (cell, known) in here.iter().zip(&there) {
        let line = format!("{}: {}: {}", cell.name, cell.text(), known.text());
        window.get_by_label(&line);
    }
    let name = model.row_id(nearest.row).unwrap();
    // A few columns are seen in their ranges, the dot here and the ring there.
    assert!(said(&window, &format!("here: {name}")), "the marks have their names");
    let column = format!("d0: {}", here[1].text());
    window.get_by_label_contains(&column).hover();
    rest(&mut window);
    let (low, high) = schema.columns[1].range();
    let range = format!("training rows: {} to {} unit0", three_digits(low), three_digits(high));
    assert!(said(&window, &range), "{range}");
    assert!(window.query_by_role_and_label(Role::Button, "Copy outline").is_none());
    window.get_by_role_and_label(Role::Button, "Copy row");
    let draw = window.get_by_role_and_label(Role::Button, "Draw a shape\u{2026}");
    assert!(draw.accesskit_node().is_disabled());
    turn(&mut window, Page::Train);
    assert!(said(&window, "The model shown was trained on steels;"));
}

#[test]
fn a_predicted_class_is_shown_with_those_that_are_not_ruled_out() {
    let penguins = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tables/penguins.safetensors");
    let mut window = open_as(usual(Theme::Light).with_size([960.0, 600.0]), None);
    open_typed(&mut window, &penguins);
    settle(&mut window);
    click_on_map(&mut window, 0.5, 0.5);
    settle(&mut window);
    window.get_by_label("species, predicted");
    let model = window.see().shown().model();
    let picked = window.see().selected().unwrap();
    let z = Rows::from_flat(model.latent_dim(), picked.z().to_vec());
    let head = model.head("species".parse().unwrap()).unwrap();
    let told = model.predicted_classes(head, &z).unwrap()[0].text().to_string();
    assert!(told.contains(" at 90 %"), "{told}");
    window.get_by_label(&told);

    turn(&mut window, Page::Train);
    unfold(&mut window, words::HEADS, "species");
    let accuracy = head.card.scores[0].brief().to_string();
    scroll_to(&mut window, Role::Link, &accuracy);
    window.get_by_role_and_label(Role::Link, &accuracy).click();
    settle(&mut window);
    window.get_by_label("Held-out predictions of species");
    let diagram = model.reliability_diagram(head.card.quantity).unwrap().unwrap();
    window.get_by_label(&diagram.text().to_string());
    window.get_by_label(&head.card.sets.expect("its test rows").text().to_string());
    let close = window.get_by_role_and_label(Role::Button, "Close").rect();
    assert!(window.ctx.content_rect().contains_rect(close), "{close:?}");
    click(&mut window, "Close");
    assert!(window.query_by_label("Held-out predictions of species").is_none());
}

#[test]
fn held_out_values_are_shown_beside_their_predictions() {
    let mut window = opened(&FLAT);
    let head = window.see().shown().model().heads()[0].card.clone();
    turn(&mut window, Page::Train);
    unfold(&mut window, words::HEADS, head.quantity.name());
    let value = window.query_all_by_role(Role::Link).find_map(|link| link.accesskit_node().label());
    let value = value.expect("the score of the head is a link");
    scroll_to(&mut window, Role::Link, &value);
    window.get_by_role_and_label(Role::Link, &value).click();
    settle(&mut window);
    window.get_by_label(&format!("Held-out predictions of {}", head.quantity.name()));
    click(&mut window, "Close");
}

#[test]
fn many_columns_are_seen_side_by_side_and_the_most_unusual_first() {
    let mut window = opened(&DEEP);
    click_on_map(&mut window, 0.9, 0.1);
    settle(&mut window);
    let picked = window.see().selected().unwrap();
    let model = window.see().shown().model();
    let schema = model.domain().table().unwrap();
    let profile = profile(schema, &model.card.scaling, picked.outline());
    let order = most_unusual_first(&profile);
    assert!(profile.len() == 31 && order[0] != 0, "not the first of the file");
    let nearest = picked.nearest().unwrap();
    let there = schema.describe(&nearest.outline);
    let line = |column: usize| {
        let (cell, known) = (&profile[column].cell, &there[column]);
        format!("{}: {}: {}", cell.name, cell.text(), known.text())
    };
    let name = model.row_id(nearest.row).unwrap();
    let head = window.get_by_label(&format!("Column: here: {name}")).rect();
    let [first, second] = [0, 1].map(|place| window.get_by_label(&line(order[place])).rect());
    assert!(head.bottom() <= first.top() && first.bottom() <= second.top());
    // The column under the mouse: the 16th of 31 lies in the middle.
    let picture = window.get_by_label("The row in the ranges of its columns").rect();
    window.hover_at(picture.center());
    rest(&mut window);
    let middle = &profile[15].cell;
    assert!(said(&window, &format!("{}: {}", middle.name, middle.text())));
    assert!(said(
        &window,
        &format!("training rows: {}", three_digits(schema.columns[15].range().0))
    ));
}

#[test]
fn the_rows_of_a_model_stand_below_its_map() {
    let mut window = opened(&FLAT);
    open_drawer(&mut window);
    window.get_by_label("120 rows");
    window.get_by_label("S2").click();
    settle(&mut window);
    let picked = window.see().selected().unwrap();
    let model = window.see().shown().model();
    assert_eq!(picked.z(), model.encoded.mu.row(2), "the point of the row that was clicked");
    // The row nearest to a point comes into sight.
    let far = model.encoded.mu.row(100);
    let at = place(&window, [far[0], far[1]]);
    click_at(&mut window, at, PointerButton::Primary);
    settle(&mut window);
    let nearest = window.see().selected().unwrap().nearest().unwrap().row;
    assert!(nearest > 10 || window.query_by_label("S2").is_some(), "{nearest}");
    window.get_by_label(model.row_id(nearest).unwrap());
}

#[test]
fn rows_are_chosen_with_a_lasso_and_in_the_sheet() {
    let mut window = opened(&FLAT);
    open_drawer(&mut window);
    let inside = |window: &Window| -> Vec<u32> {
        let map = map(window);
        let half = map.with_max_x(map.center().x);
        let shown = window.see().shown();
        let all = shown.projection().project_all(&shown.model().encoded.mu);
        (0..120).filter(|&row| half.contains(place(window, all[row as usize]))).collect()
    };
    // The next drag around the left half of the map.
    click(&mut window, "Lasso");
    settle(&mut window);
    let expected = inside(&window);
    assert!((20..100).contains(&expected.len()), "{}", expected.len());
    let corners = [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)];
    let corners = corners.map(|(x, y)| on_map(&window, x, y));
    let within = map(&window).shrink(1.0);
    window.drag_at(within.clamp(corners[0]));
    show(&mut window);
    for corner in &corners[1..] {
        window.hover_at(within.clamp(*corner));
        show(&mut window);
    }
    window.drop_at(within.clamp(corners[3]));
    settle(&mut window);
    let chosen = window.see().chosen_rows();
    // The line lies a point inside the map.
    let missed = expected.iter().filter(|row| !chosen.contains(row)).count();
    assert!(missed <= 2 && chosen.iter().all(|row| expected.contains(row)), "{missed}");
    let before = window.see().map().view();
    let count = chosen.len();
    window.get_by_label_contains(&format!("{count} rows chosen"));

    tick(&mut window, "Chosen only");
    settle(&mut window);
    window.get_by_label(&format!("{count} of 120 rows"));
    tick(&mut window, "Chosen only");
    // Chooses what a condition finds.
    fill(&mut window, "Find rows", "strength > 400, lattice = bcc");
    settle(&mut window);
    click(&mut window, "Choose these");
    settle(&mut window);
    let model = window.see().shown().model();
    let set = model.data.as_ref().unwrap();
    let strength = &set.measured[0].values;
    let bcc = |row: usize| set.rows.row(row)[0] == 1.0;
    let found: Vec<u32> =
        (0..120).filter(|&row| strength[row as usize] > 400.0 && bcc(row as usize)).collect();
    assert!(found.len() > 2 && window.see().chosen_rows() == found, "{found:?}");
    assert_eq!(window.see().map().view(), before, "a lasso does not move the map");
    key(&mut window, Key::Escape);
    settle(&mut window);
    assert!(window.see().chosen_rows().is_empty());
}

#[test]
fn a_latent_is_chosen_with_what_belongs_to_it() {
    let mut window = opened(&FLAT);
    turn(&mut window, Page::Train);
    unfold(&mut window, "More", "Seed");
    window.get_by_label("Beta: reconstruction \u{2194} regularity");
    click(&mut window, "Tanh");
    settle(&mut window);
    let config = window.see().next_training();
    assert!(config.latent == Latent::Tanh && config.beta == 0.0 && !config.latent_noise);
    assert!(window.query_by_label("Beta: reconstruction \u{2194} regularity").is_none());
    window.get_by_label("A deterministic latent behind a tanh: no beta.");
    click(&mut window, "Gaussian");
    settle(&mut window);
    assert_eq!(window.see().next_training(), TrainingConfig::default());
}

#[test]
fn a_table_is_read_in_the_data_dialog() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("steels.csv");
    std::fs::write(&path, steels(30)).unwrap();
    let mut window = open();
    open_typed(&mut window, &path);
    window.wait("the rows", |see| see.import().table().is_some());
    // The dialog opens by itself, so that the roles can be given.
    settle(&mut window);
    window.get_by_label("120 rows of 33 columns");
    window.get_by_label("column 'name' names the rows");
    // The role of a column is chosen, and the table is read again.
    window.get_by_role_and_label(Role::ComboBox, "Role of strength [MPa]").click();
    settle(&mut window);
    click(&mut window, "Target");
    let has_head = |see: See<'_>| see.next_training().heads.len() == 1;
    window.wait("the target", has_head);
    settle(&mut window);
    let roles = window.see().import().table().unwrap().columns.clone();
    let is_target = |column: &&FileColumn| column.role == ColumnRole::Target;
    assert_eq!(
        roles.iter().filter(is_target).map(|c| &c.name[..]).collect::<Vec<_>>(),
        ["strength"]
    );
    // The rows are sorted by a click on a column, and searched.
    window.get_by_label("S0");
    click(&mut window, "strength");
    settle(&mut window);
    let lowest =
        window.see().import().data().unwrap().set.values(window.see().next_training().heads[0]);
    let least = (0..120).min_by(|&a, &b| lowest[a].total_cmp(&lowest[b])).unwrap();
    window.get_by_label(&format!("S{least}"));
    window.get_by_role_and_label(Role::TextInput, "Find rows").focus();
    show(&mut window);
    window.event(egui::Event::Text("s11".to_owned()));
    settle(&mut window);
    window.get_by_label("11 of 120 rows");
    // Another file begins without the roles of this one.
    let other = folder.path().join("other.csv");
    std::fs::write(&other, steels(4).replacen("strength", "hardness", 1)).unwrap();
    let field = window.get_by_role_and_label(Role::TextInput, "Path");
    field.focus();
    show(&mut window);
    window.event(egui::Event::Text(other.display().to_string()));
    key(&mut window, Key::Enter);
    window.wait("the other file", |see| {
        let data = see.import().data();
        data.is_some_and(|data| data.set.domain.quantities().iter().any(|q| q.name() == "hardness"))
    });
    assert!(window.see().import().problem().is_none());
    settle(&mut window);
    click(&mut window, "Done");
    settle(&mut window);
    assert!(window.query_by_label("120 rows of 7 columns").is_none());
    turn(&mut window, Page::Train);
    window.get_by_role_and_label(Role::Button, "other, 120 rows\u{2026}");
}

#[test]
fn an_answer_is_a_row() {
    let mut window = opened(&FLAT);
    search(&mut window);
    let report = window.see().report().unwrap();
    let best = report.best_believable.or(report.best).unwrap();
    let row = report.restarts[best].decoded.clone();
    let schema = report.table.clone().unwrap();
    for cell in schema.describe(&row) {
        assert!(said(&window, &format!("{}: {}", cell.name, cell.text())), "{}", cell.name);
    }
    unfold(&mut window, "More", "Steps");
    let code = window.get_by_role_and_label(Role::Button, "Show code\u{2026}");
    assert!(code.accesskit_node().is_disabled());
}

#[test]
fn a_property_of_many_is_found_by_its_name() {
    let mut window = opened(&DEEP);
    window.get_by_role_and_label(Role::ComboBox, "Colour by").click();
    settle(&mut window);
    fill(&mut window, "Find a property", "d23");
    settle(&mut window);
    click(&mut window, "d23");
    settle(&mut window);
    assert_eq!(window.see().quantity().name(), "d23");
    assert!(window.query_by_label("Find a property").is_none(), "the menu is closed");
}

#[test]
fn the_plane_is_chosen_in_a_menu() {
    let mut window = opened(&DEEP);
    let pca = window.see().shown().projection().clone();
    let share = format!("PCA, {:.0} %", 100.0 * pca.explained());
    let menu = window.get_by_role_and_label(Role::ComboBox, "Plane");
    assert_eq!(menu.value(), Some(share));
    choose(&mut window, "Plane", "Two axes");
    set(&mut window, "To the right", 3);
    settle(&mut window);
    let axes = window.see().shown().projection().clone();
    assert_eq!(axes.lift([5.0, 7.0])[3], 5.0);
    assert_eq!(axes.lift([5.0, 7.0])[1], 7.0);
    click_on_map(&mut window, 0.5, 0.5);
    settle(&mut window);
    for x in [0.3, 0.5, 0.7] {
        let at = on_map(&window, x, 0.3 + 0.5 * x * x);
        click_at(&mut window, at, PointerButton::Secondary);
    }
    choose(&mut window, "Plane", "Through three pins");
    let through = window.see().shown().projection();
    assert!(window.see().pins().iter().all(|pin| through.distance(pin.z()) < 1e-9));
    choose(&mut window, "Plane", "PCA");
    assert_eq!(*window.see().shown().projection(), pca);
}

#[test]
fn columns_are_held_in_the_input_space() {
    let mut window = opened(&FLAT);
    turn(&mut window, Page::Optimise);
    unfold(&mut window, "More", "Steps");
    unfold(&mut window, "Constraints", "Condition on columns");
    let enter = |window: &mut Window, text: &str| {
        fill(window, "Condition on columns", text);
        key(window, Key::Enter);
        settle(window);
    };
    for (text, part) in [("d9 = 3", "d9"), ("d1", "COLUMN=V"), ("20.7<=d2<=20.1", "20.7")] {
        enter(&mut window, text);
        assert!(said(&window, part), "{text} is refused, and the reason is shown");
        assert!(window.see().next_search().spec.columns.is_empty());
    }
    enter(&mut window, "d1=10.4");
    enter(&mut window, "20.2<=d2<=20.3");
    assert!(said(&window, "d1=10.4") && said(&window, "20.2<=d2<=20.3"));
    unfold(&mut window, "Method", "Optimise in");
    press_below(&mut window, "Input space");
    search(&mut window);
    let report = window.see().report().unwrap();
    let schema = report.table.clone().unwrap();
    let best = report.best.expect("a row that keeps the conditions");
    let row = schema.describe(&report.restarts[best].decoded);
    let value = |name: &str| {
        row.iter().find(|cell| cell.name.as_str() == name).unwrap().value.parse::<f64>().unwrap()
    };
    assert_eq!(value("d1"), 10.4);
    assert!((20.2..=20.3).contains(&value("d2")));
    press_below(&mut window, "Remove d1=10.4");
    assert_eq!(window.see().next_search().spec.columns.len(), 1);
}
