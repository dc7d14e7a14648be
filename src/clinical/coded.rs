//! One macro for every coded value: its code in files, its words on screen, and the list of all of them.

/// A closed list of values, each with a code for files and words for people.
pub trait Coded: Sized + Copy + 'static {
    /// Every value, in the order a form shows them.
    const ALL: &'static [Self];
    /// The code in tables and project files: English snake_case, never renamed.
    fn code(self) -> &'static str;
    /// The words on screen, in sentence case.
    fn words(self) -> &'static str;
    /// The value with this code.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $words:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[doc = $words] #[serde(rename = $code)] $variant,)+ }

        impl $crate::clinical::Coded for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];
            fn code(self) -> &'static str { match self { $(Self::$variant => $code,)+ } }
            fn words(self) -> &'static str { match self { $(Self::$variant => $words,)+ } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::clinical::Coded::words(*self))
            }
        }
    };
}

pub(crate) use coded;
