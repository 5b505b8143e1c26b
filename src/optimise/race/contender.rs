//! A contender in a race: a method and the variable that it optimises.

use crate::objective::Space;
use crate::optimise::config::Method;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A method and the variable that it optimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Contender {
    /// The optimisation method.
    pub method: Method,
    /// The variable that is optimised.
    pub space: Space,
}

impl Contender {
    /// All contenders: every method in the latent space, and Adam on the numbers of the shape itself.
    pub const ALL: [Self; 7] = [
        Self::from_method(Method::Adam),
        Self::from_method(Method::CmaEs),
        Self::from_method(Method::Random),
        Self::from_method(Method::Gradient),
        Self::from_method(Method::Momentum),
        Self::from_method(Method::Lbfgs),
        Self { method: Method::Adam, space: Space::Input },
    ];

    /// A method in the latent.
    pub const fn from_method(method: Method) -> Self {
        Self { method, space: Space::Latent }
    }

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self.space {
            Space::Latent => self.method.label(),
            Space::Input => text!("Adam on the shape"),
        }
    }

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self.space {
            Space::Latent => self.method.name(),
            Space::Input => "adam-input",
        }
    }

    /// A description for a tooltip.
    pub fn about(self) -> Text {
        match self.space {
            Space::Latent => self.method.about(),
            Space::Input => {
                text!(
                    "Adam on the numbers of the shape itself, without the decoder: they can become anything, and what the model makes of them when it encodes and decodes them shows whether the value was real"
                )
            }
        }
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Contender {
    type Err = Text;

    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let known = Self::ALL.into_iter().find(|contender| contender.name() == text.trim());
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            text!("'{text}' is no method; there are {names}", text, names)
        })
    }
}

impl TryFrom<String> for Contender {
    type Error = Text;

    fn try_from(text: String) -> std::result::Result<Self, Text> {
        text.parse()
    }
}

impl From<Contender> for String {
    fn from(contender: Contender) -> Self {
        contender.name().to_owned()
    }
}

/// The contenders of a race, each at most once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contenders(pub Vec<Contender>);

impl Default for Contenders {
    /// A method with gradients, one without, and random search as the baseline.
    fn default() -> Self {
        Self([Method::Adam, Method::CmaEs, Method::Random].map(Contender::from_method).to_vec())
    }
}

impl Contenders {
    /// Adds a contender, in the order of [`Contender::ALL`], or removes it; the last one cannot be removed.
    pub fn toggle(&mut self, contender: Contender) {
        let is_in = |other: &Contender| self.0.contains(other) != (*other == contender);
        let contenders: Vec<Contender> = Contender::ALL.into_iter().filter(is_in).collect();
        if !contenders.is_empty() {
            self.0 = contenders;
        }
    }
}

impl FromStr for Contenders {
    type Err = Text;

    /// Parses names with commas between them.
    fn from_str(text: &str) -> std::result::Result<Self, Text> {
        let mut contenders = Vec::new();
        for name in text.split(',') {
            let contender: Contender = name.parse()?;
            if contenders.contains(&contender) {
                return Err(text!("'{contender}' is named twice", contender = contender.name()));
            }
            contenders.push(contender);
        }
        Ok(Self(contenders))
    }
}

impl fmt::Display for Contenders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|contender| contender.name()).collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    #[test]
    fn lanes_are_written_as_they_are_read() {
        let text = "lbfgs,adam-input,cma-es";
        let contenders: Contenders = text.parse().unwrap();
        assert_eq!(contenders.to_string(), text);
        let json = serde_json::to_string(&contenders).unwrap();
        assert_eq!(json, r#"["lbfgs","adam-input","cma-es"]"#);
        assert_eq!(serde_json::from_str::<Contenders>(&json).unwrap(), contenders);
        assert_eq!(Contenders::default().to_string(), "adam,cma-es,random");
        for (bad, part) in [
            ("adam,hope", "'hope' .. adam, cma-es, random, gradient"),
            ("", "''"),
            ("adam, adam", "'adam'"),
        ] {
            assert!(says(&bad.parse::<Contenders>().unwrap_err().to_string(), part), "{bad}");
        }
    }

    #[test]
    fn lanes_come_and_go_in_one_order_and_one_stays() {
        let mut contenders = Contenders::default();
        let input = Contender { method: Method::Adam, space: Space::Input };
        for contender in
            [input, Contender::from_method(Method::Gradient), Contender::from_method(Method::CmaEs)]
        {
            contenders.toggle(contender);
        }
        assert_eq!(contenders.to_string(), "adam,random,gradient,adam-input");
        for contender in Contender::ALL {
            if contenders.0.contains(&contender) {
                contenders.toggle(contender);
            }
        }
        assert_eq!(contenders.to_string(), "adam-input", "the last one stays");
    }
}
