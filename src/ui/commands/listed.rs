//! Enums with a list of their values.

/// Declares an enum and the list of its values, in the order of menus and of the list of keys. Behind a variant with content
/// stand the values of the content.
macro_rules! listed {
    ($(#[$about:meta])* $name:ident {
        $($(#[$doc:meta])* $variant:ident $(($of:ident): [$($value:ident),+])?,)+
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant $(($of))?,)+
        }

        impl $name {
            /// All values, in order.
            pub fn all() -> impl Iterator<Item = Self> {
                let parts: &[&[Self]] = &[$(listed!(@ $variant $($of $($value)+)?)),+];
                parts.iter().copied().flatten().copied()
            }
        }
    };
    (@ $variant:ident) => { &[Self::$variant] };
    (@ $variant:ident $of:ident $($value:ident)+) => { &[$(Self::$variant($of::$value)),+] };
}

pub(super) use listed;
