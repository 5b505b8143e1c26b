"""Makes materials.csv: electronic transport of some 3,000 compounds beside 190 descriptors of their formulas.

    pip install numpy==2.4.6 pandas==3.1.1
    pip install --no-deps matminer==0.10.1 elementembeddings==0.8.0
    python3 sample_tables/make_materials.py [--out sample_tables/materials.csv]

The two packages are only read, not run, so what they depend on need not be installed. The same versions write the same
bytes. README.md tells what the columns are.
"""

import argparse
import re
import tarfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pandas as pd

VERSIONS = {"numpy": "2.4.6", "pandas": "3.1.1", "matminer": "0.10.1", "elementembeddings": "0.8.0"}
TRANSPORT = "matminer/utils/data_files/mp_transport/transport_database.tar.xz"
ELEMENTS = "elementembeddings/data/element_representations/xenonpy_element_features.csv"

# The unit of each feature of an element, as XenonPy's table of them says; none of a pure number.
UNITS = {
    "atomic_radius": "pm", "atomic_radius_rahm": "pm", "atomic_volume": "cm3/mol", "atomic_weight": "g/mol",
    "boiling_point": "K", "bulk_modulus": "GPa", "c6_gb": "a.u.", "covalent_radius_cordero": "pm",
    "covalent_radius_pyykko": "pm", "covalent_radius_pyykko_double": "pm", "covalent_radius_pyykko_triple": "pm",
    "covalent_radius_slater": "pm", "density": "g/cm3", "dipole_polarizability": "a.u.", "electron_affinity": "eV",
    "en_allen": "eV", "first_ion_en": "eV", "fusion_enthalpy": "kJ/mol", "gs_bandgap": "eV", "gs_energy": "eV",
    "gs_est_bcc_latcnt": "A", "gs_est_fcc_latcnt": "A", "gs_mag_moment": "uB", "gs_volume_per": "A3",
    "heat_capacity_mass": "J/g/K", "heat_capacity_molar": "J/mol/K", "icsd_volume": "A3", "evaporation_heat": "kJ/mol",
    "heat_of_formation": "kJ/mol", "lattice_constant": "A", "melting_point": "K", "molar_volume": "cm3/mol",
    "specific_heat": "J/g/K", "thermal_conductivity": "W/m/K", "vdw_radius": "pm", "vdw_radius_alvarez": "pm",
    "vdw_radius_mm3": "pm", "vdw_radius_uff": "pm", "sound_velocity": "m/s", "Polarizability": "A3",
}
FEATURES = 38
ROWS = 3000
SEED = 0


def file_of(package, path):
    return distribution(package).locate_file(path)


def composition(formula):
    """The number of atoms of each element: `Ca3(BN2)2` has 3 Ca, 2 B and 4 N."""
    counts = [{}]
    for element, number, opening, closing in re.findall(r"([A-Z][a-z]?)([\d.]*)|(\()|\)([\d.]*)", formula):
        if opening:
            counts.append({})
        elif element:
            counts[-1][element] = counts[-1].get(element, 0) + float(number or 1)
        else:
            for inner, count in counts.pop().items():
                counts[-1][inner] = counts[-1].get(inner, 0) + count * float(closing or 1)
    return counts[0]


def least_alike(features, count):
    """As long as there are more than `count`, the later one of the two columns that correlate most is left out."""
    while features.shape[1] > count:
        alike = np.tril(features.corr().abs().to_numpy(), -1)
        later, _ = np.unravel_index(alike.argmax(), alike.shape)
        features = features.drop(columns=features.columns[later])
    return features


def whole_systems(table, rows):
    """The rows of randomly drawn chemical systems, each with all its compounds, until there are `rows` or more."""
    sizes = table.groupby("system").size().sort_index()
    drawn = sizes.iloc[np.random.default_rng(SEED).permutation(len(sizes))]
    enough = int((drawn.cumsum() < rows).sum()) + 1
    return table[table["system"].isin(drawn.index[:enough])]


def descriptors(composition, features):
    """Five statistics of each feature over the atoms of a formula."""
    values = features.loc[list(composition)].to_numpy()
    atoms = np.array(list(composition.values()))
    mean = atoms @ values / atoms.sum()
    variance = atoms @ (values - mean) ** 2 / atoms.sum()
    return np.stack([mean, atoms @ values, variance, values.min(0), values.max(0)], 1).ravel()


def names(features):
    for name in features.columns:
        unit = UNITS.get(name, "")
        for statistic in ("mean", "sum", "variance", "min", "max"):
            squared = f"{unit}^2" if unit.isalpha() else f"({unit})^2"
            of_this = squared if unit and statistic == "variance" else unit
            yield f"{statistic}_{name}" + (f" [{of_this}]" if of_this else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("materials.csv"))
    out = parser.parse_args().out
    for package, version in VERSIONS.items():
        found = distribution(package).version
        print(package, found, "" if found == version else f"(materials.csv was made with {version})")

    elements = pd.read_csv(file_of("elementembeddings", ELEMENTS), index_col="element")
    features = least_alike(elements, FEATURES)
    print("left out:", ", ".join(elements.columns.difference(features.columns, sort=False)))

    with tarfile.open(file_of("matminer", TRANSPORT)) as archive:
        data = pd.read_csv(archive.extractfile("transport_database.csv"), keep_default_na=False)
    # One of each formula, the one whose number in the Materials Project is least: descriptors cannot tell them apart.
    data = data.iloc[data["mp_id"].str.removeprefix("mp-").str.removeprefix("mvc-").astype(int).argsort(kind="stable")]
    data = data.drop_duplicates("pretty_formula")
    data["atoms"] = data["pretty_formula"].map(composition)
    data = data[data["atoms"].map(lambda atoms: all(element in features.index for element in atoms))]
    data["system"] = data["atoms"].map(lambda atoms: "-".join(sorted(atoms)))
    data = whole_systems(data, ROWS).sort_values("pretty_formula")

    table = pd.DataFrame({
        "formula": data["pretty_formula"],
        "system": data["system"],
        "S_p [uV/K]": data["S_p"],
        "S_n [uV/K]": data["S_n"],
        "log_m_n [log10 m_e]": np.log10(data["m_n"]),
    }).reset_index(drop=True)
    described = np.array([descriptors(atoms, features) for atoms in data["atoms"]])
    table = table.join(pd.DataFrame(described, columns=list(names(features))))
    table.to_csv(out, index=False, float_format="%.5g", lineterminator="\n")
    print(f"{out}: {len(table)} rows of {table['system'].nunique()} systems, {described.shape[1]} descriptors,",
          f"{out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
