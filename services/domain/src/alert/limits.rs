/// The numbers by which a rule finds what it is about.
pub(super) trait Check {
    /// # Errors
    /// The field that is out of its range, and the range.
    fn check(&self) -> Result<(), (&'static str, &'static str)>;
}

/// A rule's limits: each field with its default and its range.
macro_rules! limits {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$about:meta])* $field:ident = $default:literal in $min:literal to $max:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(
                $(#[$about])*
                #[doc = concat!(" ", $min, " to ", $max, ", ", $default, " where nothing was set.")]
                pub $field: u32,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::alert::limits::Check for $name {
            fn check(&self) -> Result<(), (&'static str, &'static str)> {
                $(
                    if !($min..=$max).contains(&self.$field) {
                        return Err((stringify!($field), concat!("must be ", $min, " to ", $max)));
                    }
                )*
                Ok(())
            }
        }
    };
}

pub(super) use limits;

limits! {
    /// Of a rule that has none.
    Unlimited {}
}
